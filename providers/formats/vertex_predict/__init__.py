"""Vertex AI predict: embeddings. https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/predict"""

"""Cohere chat, embed and rerank, v1 and v2. https://docs.cohere.com/reference/chat"""

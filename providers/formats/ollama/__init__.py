"""Ollama's own API. https://docs.ollama.com/api"""

"""Gemini interactions. https://ai.google.dev/gemini-api/docs/interactions"""

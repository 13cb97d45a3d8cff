"""Gemini generateContent, on the Gemini API and on Vertex AI. https://ai.google.dev/api/generate-content"""

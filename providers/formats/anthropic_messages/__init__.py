"""Anthropic messages. https://docs.claude.com/en/api/messages"""

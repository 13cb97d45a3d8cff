"""DashScope's own API. https://help.aliyun.com/zh/model-studio/qwen-api-reference"""

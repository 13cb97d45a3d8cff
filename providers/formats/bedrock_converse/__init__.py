"""Amazon Bedrock converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html"""

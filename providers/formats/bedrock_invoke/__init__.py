"""Amazon Bedrock invoke: a body in the model's own format. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html"""

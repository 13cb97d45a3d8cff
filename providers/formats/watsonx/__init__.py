"""IBM watsonx text generation. https://cloud.ibm.com/apidocs/watsonx-ai"""

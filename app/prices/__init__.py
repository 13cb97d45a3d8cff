"""The price list that comes with AiHub, and the operator's own prices on top of it, as the pipeline's price book."""

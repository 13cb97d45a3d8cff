"""What a call costs, in integers.

Money is counted in nano-dollars (1e-9 USD), and a rate is nano-dollars per million units, so that no price of any vendor needs a
fraction: $0.15 per million tokens is the rate 150_000_000, $0.04 an image is 40_000_000_000_000.

`price` holds what an operator or a vendor declares, `book` finds the price of a model, `sound` makes a vendor's usage fit to be
billed, `bill` writes the bill. `docs/prices.md` is the operator's page.
"""

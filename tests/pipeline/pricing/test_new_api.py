"""New-API's ratios give the rates that New-API would charge."""

from fractions import Fraction

from pipeline.pricing.new_api import rates_of_ratios


def test_a_model_ratio_of_one_is_two_dollars_per_million() -> None:
    assert rates_of_ratios(Fraction(1)) == {
        "input": 2_000_000_000,
        "output": 2_000_000_000,
        "cache_read": 2_000_000_000,
        "cache_write": 2_500_000_000,
        "cache_write_1h": 4_000_000_000,
        "image_input": 2_000_000_000,
    }


def test_every_ratio_multiplies_the_input() -> None:
    found = rates_of_ratios(
        Fraction("0.075"),
        completion=Fraction(4),
        cache=Fraction("0.5"),
        create_cache=Fraction(2),
        image=Fraction(3),
        audio=Fraction(20),
        audio_completion=Fraction(2),
    )
    assert found == {
        "input": 150_000_000,
        "output": 600_000_000,
        "cache_read": 75_000_000,
        "cache_write": 300_000_000,
        "cache_write_1h": 480_000_000,
        "image_input": 450_000_000,
        "audio_input": 3_000_000_000,
        "audio_output": 6_000_000_000,
    }


def test_a_rate_that_is_not_whole_is_rounded_half_up() -> None:
    assert rates_of_ratios(Fraction(1, 4_000_000_000))["input"] == 1
    assert rates_of_ratios(Fraction(1, 4_000_000_001))["input"] == 0

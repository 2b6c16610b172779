"""What stands beside the form of a plan: sentences that follow from the size, none that promises more."""

from smo.web.auditing.planning import bought


def test_the_interval_is_said_with_decimals_that_follow_its_width() -> None:
    assert bought(600, accuracy=0.97, target=None).interval == "95.6–98.0\u202f%"
    assert bought(40, accuracy=0.9, target=None).interval == "80–95\u202f%"


def test_a_size_that_decides_the_target_says_so() -> None:
    shown = bought(1000, accuracy=0.97, target=0.95)
    assert shown.says == ("It would show that the target of 95\u202f% is met.",)
    missed = bought(1000, accuracy=0.90, target=0.95)
    assert missed.says == ("It would show that the target of 95\u202f% is not met.",)


def test_a_size_that_decides_nothing_names_the_size_that_would() -> None:
    few = bought(60, accuracy=0.97, target=0.95)
    assert few.says == ()
    assert any("About 631 audits would" in line for line in few.cannot)


def test_the_named_size_is_never_the_one_that_was_just_refused() -> None:
    for size in (560, 600, 630):
        for line in bought(size, accuracy=0.961, target=0.95).cannot:
            if "About" in line:
                assert int("".join(c for c in line.split("About")[1].split("audits")[0] if c.isdigit())) > size


def test_a_target_that_is_the_truth_is_decided_by_no_size() -> None:
    assert any("No size" in line for line in bought(500, accuracy=0.95, target=0.95).cannot)


def test_no_error_found_is_never_no_error() -> None:
    lines = bought(400, accuracy=0.95, target=None).cannot
    assert "No error among 400 audits still leaves up to 0.75\u202f% of decisions possibly wrong." in lines


def test_the_smallest_part_is_said_apart() -> None:
    assert any("A part with 30 audits" in line for line in bought(600, accuracy=0.95, target=None, smallest=30).cannot)

"""What an unknown name is answered with."""

from ml.nearest_names import unknown_name


def test_names_the_nearest_and_all_known() -> None:
    assert unknown_name("cat", "tomm", ["tom", "felix"]) == (
        'no cat is called "tomm": did you mean "tom"? known are tom, felix'
    )


def test_without_anything_near_names_all_known() -> None:
    assert unknown_name("cat", "xyz", ["tom", "felix"]) == 'no cat is called "xyz": known are tom, felix'


def test_of_many_known_only_the_nearest_are_named() -> None:
    many = [f"cat-{number}" for number in range(100)]

    assert unknown_name("cat", "xyz-77", many).startswith('no cat is called "xyz-77": did you mean "cat-77" or ')
    assert unknown_name("cat", "xyz-77", many).endswith("? 100 are known")

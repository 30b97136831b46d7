"""The report: whole, offline, safe against any text, and honest about what is missing."""

import re
from html.parser import HTMLParser

import pytest

from ferrotope import Study
from ferrotope.report import report_html, write_report
from ferrotope.result import Result

YANG = "yang2011-cu64-crgd-spion"
VOID = {"meta", "br", "img", "hr", "link", "input", "line", "circle", "path", "use", "rect", "image"}


class Balanced(HTMLParser):
    """Checks that every tag is closed, and collects text, ids and links."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.words = [], [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data):
        self.words.append(data)


def read(html):
    page = Balanced()
    page.feed(html)
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def sampled():
    return Study.from_catalogue(YANG).run(samples=16, seed=0)


@pytest.fixture(scope="module")
def html(sampled):
    return report_html(sampled)


def test_the_page_is_well_formed_and_every_link_has_its_place(sampled, html):
    page = read(html)
    assert len(page.ids) == len(set(page.ids))
    inner = {link[1:] for link in page.links if link.startswith("#")}
    assert inner <= set(page.ids)
    assert len(inner) == len(sampled.headlines)


def test_every_number_and_every_notice_stands_in_it(sampled, html):
    words = " ".join(" ".join(read(html).words).split())
    for record in sampled.records.values():
        assert " ".join(record.title.split()) in words, record.path
    for notice in sampled.notices:
        assert notice.text in words
    for item in sampled.inputs.values():
        if item.read and item.kind == "assumed":
            assert item.path in words


def test_it_says_how_sure_it_is(sampled, html):
    assert "95 % interval" in html
    assert "16 samples" in html
    single = report_html(Study.from_catalogue(YANG).run(samples=0))
    assert "no intervals" in single
    assert "95 % interval" not in single


def test_a_figure_for_each_stage(sampled, html):
    for stage in ("magnetism", "relaxometry", "biokinetics", "imaging", "dosimetry", "hyperthermia"):
        section = html.split(f'<section id="{stage}">')[1].split("</section>")[0]
        assert "<svg" in section, stage
    assert 'aria-label="particle drawn to scale"' in html


def test_it_is_the_same_from_a_loaded_result(sampled, tmp_path, html):
    loaded = Result.load(sampled.save(tmp_path / "result.nc"))
    assert report_html(loaded) == html


def test_the_same_result_gives_the_same_bytes(sampled, html):
    assert report_html(sampled) == html


def test_it_is_written_whole(sampled, tmp_path, html):
    file = write_report(sampled, tmp_path / "report.html")
    assert file.read_text(encoding="utf-8") == html
    assert [item.name for item in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "α & β < γ", "{{ 7 * 7 }}"])
def test_any_text_of_the_user_is_only_text(text):
    tables = {
        "study": {"title": text},
        "particle": {
            "name": text,
            "core": {"material": "magnetite", "diameter": {"value": "10 nm", "note": text, "source": text}},
            "label": {"nuclide": "Cu-64", "chelator": text},
        },
        "measured": [{"quantity": text, "value": text, "source": text, "conditions": {"text": text}}],
    }
    html = report_html(Study.from_tables(tables).run())
    page = read(html)
    assert "<script" not in html
    assert "<img" not in html
    assert text in " ".join(page.words)


def test_a_study_with_next_to_nothing_still_reports():
    html = report_html(Study.from_tables({}).run())
    read(html)
    assert "cannot be drawn" in html
    assert re.search(r"need[s]? ", html)

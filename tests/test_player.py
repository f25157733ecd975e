from sphinxcontrib_animvideo.core.asset import Clip, VideoFile
from sphinxcontrib_animvideo.player import PlayerOptions, player_html


def file(name, type_):
    return VideoFile(name, name, type_, 1, "0" * 64)


MP4 = file("a.mp4", 'video/mp4; codecs="avc1.64001e"')
GIF = file("a.gif", "image/gif")
POSTER = file("a.png", "image/png")


def clip(*files, captions=None):
    return Clip(files, POSTER, captions, 640, 480, "25", 10, 0.4)


def html(*files, options=None, vtt=None, **more):
    options = options or PlayerOptions()
    return player_html(clip(*files, captions=vtt), options, lambda f: f"x/{f.name}", **more)


def test_video():
    assert html(MP4).splitlines() == [
        '<video class="animvideo-player" width="640" height="480" poster="x/a.png" preload="none"'
        " controls playsinline>",
        '<source src="x/a.mp4" type="video/mp4; codecs=&quot;avc1.64001e&quot;">',
        '<a href="x/a.mp4">Download the video</a>',
        "</video>",
    ]


def test_autoplay_implies_what_browsers_ask_for():
    text = html(MP4, options=PlayerOptions(autoplay=True, playsinline=False))
    assert " autoplay muted playsinline>" in text


def test_own_poster_and_captions_win():
    vtt = file("a.vtt", "text/vtt")
    assert '<track kind="captions" src="x/a.vtt" default>' in html(MP4, vtt=vtt)
    text = html(MP4, vtt=vtt, poster="p.png", captions="own.vtt")
    assert 'poster="p.png"' in text
    assert '<track kind="captions" src="own.vtt" default>' in text


def test_alt_is_escaped():
    text = html(MP4, options=PlayerOptions(alt='"><script>'))
    assert 'aria-label="&quot;&gt;&lt;script&gt;"' in text
    assert "<script>" not in text

"""Writing MP4 (H.264) frame by frame, so that every player can show it."""

from fractions import Fraction
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from vingui.figure.encoding.film_spec import FilmSpec, Pages
from vingui.version import VERSION

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.stream import VideoStream

_BT709: Final = 1
_LIMITED: Final = 1

_KEY_SECONDS: Final = 5
"""Seconds between the frames that a player can jump to."""

_SETTINGS: Final = {
    "preset": "veryfast",
    # Constant quality without look-ahead: x264's half-size pictures for that have undefined
    # pixels at the edges of widths that are no multiple of 16, so the same frames would not
    # always make the same bytes.
    "qp": "17",
    "bf": "0",
    "x264-params": "scenecut=0:weightp=0:mbtree=0:rc-lookahead=0",
}

_CONVERSION: Final = (
    "in_range=pc:out_range=tv:out_color_matrix=bt709:"
    "flags=bicubic+accurate_rnd+full_chroma_inp+bitexact"
)


def write_mp4(path: Path, pages: Pages, spec: FilmSpec) -> None:
    """Write a film at a constant rate; its last page is repeated for the pause at the end.

    Pages of an odd width or height become a pixel wider or higher, because H.264 stores colours
    at half the resolution.

    Args:
        path: the file.
        pages: its pages, as many as `spec.frames`.
        spec: the film. Whether it loops is up to the player.
    """
    import av

    size = (spec.height + spec.height % 2, spec.width + spec.width % 2)
    rate = Fraction(spec.rate).limit_denominator(1001)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        container.metadata.update(_metadata(spec))
        stream = container.add_stream("libx264", rate=rate)
        _set_up(stream, size, rate)
        graph = _converter(size, rate)
        times = count()
        for number, page in enumerate(pages, start=1):
            graph.vpush(av.VideoFrame.from_ndarray(_even(page, size), format="rgba"))
            frame = graph.vpull()
            repeats = max(round(spec.last_seconds * spec.rate), 1) if number == spec.frames else 1
            for time in islice(times, repeats):
                frame.pts, frame.time_base = time, 1 / rate
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _metadata(spec: FilmSpec) -> dict[str, str]:
    texts = {"title": spec.title, "comment": spec.recipe}
    return {"encoding_tool": f"vingui {VERSION}"} | {
        key: text for key, text in texts.items() if text
    }


def _set_up(stream: "VideoStream", size: tuple[int, int], rate: Fraction) -> None:
    context = stream.codec_context
    context.height, context.width = size
    context.pix_fmt = "yuv420p"
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.gop_size = max(round(_KEY_SECONDS * rate), 1)
    # More threads would make other bytes of the same frames, and are hardly faster.
    context.thread_count = 1
    stream.options = dict(_SETTINGS)


def _converter(size: tuple[int, int], rate: Fraction) -> "Graph":
    """A filter from RGBA to video colours with the same result on every processor."""
    from av import VideoFormat
    from av.filter import Graph

    graph = Graph()
    source = graph.add_buffer(
        width=size[1], height=size[0], format=VideoFormat("rgba"), time_base=1 / rate
    )
    graph.link_nodes(
        source,
        graph.add("scale", _CONVERSION),
        graph.add("format", "yuv420p"),
        graph.add("buffersink"),
    )
    graph.configure()
    return graph


def _even(page: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    missing = size[0] - page.shape[0], size[1] - page.shape[1]
    if not any(missing):
        return page
    return np.pad(page, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")

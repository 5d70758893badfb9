"""Small SVG plots without a library: bars with their spread, and lines."""
import html
import math

WIDTH, LEFT, TOP = 760, 70, 34
COLOURS = {"nginx": "#7f7f7f", "direct": "#bbbbbb", "portkey": "#d62728"}
OTHERS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#17becf"]


def text(x, y, what, anchor="start", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{html.escape(str(what))}</text>'


def line(x1, y1, x2, y2, colour="#ddd"):
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" fill="none"/>'


def short(value):
    return f"{value / 1000:.3g}k" if value >= 10_000 else f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def save(path, height, title, parts):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" fill="#222">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', text(10, 20, title, size=14), *parts, "</svg>", ""]))


def colour(name, index):
    return COLOURS.get(name, OTHERS[index % len(OTHERS)])


def bars(path, title, rows):
    """rows: (label, median, lowest, highest); one horizontal bar each, the spread as a thin line at its end."""
    left, step = 190, 22
    top = max(high for _, _, _, high in rows) or 1
    scale = (WIDTH - left - 80) / top
    parts = []
    for i, (label, middle, low, high) in enumerate(rows):
        y = TOP + i * step
        parts.append(text(left - 8, y + 13, label, "end"))
        shade = COLOURS.get(label.split("-")[0], OTHERS[0])
        parts.append(f'<rect x="{left}" y="{y + 2}" width="{middle * scale:.1f}" height="{step - 7}" fill="{shade}"/>')
        parts.append(line(left + low * scale, y + 9.5, left + high * scale, y + 9.5, "#000"))
        parts.append(text(left + high * scale + 6, y + 13, short(middle)))
    save(path, TOP + len(rows) * step + 8, title, parts)


def lines(path, title, labels, series, unit=""):
    """series: name to values, None where there is none; x by place, y from 0."""
    height, bottom = 300, 250
    top = max(value for values in series.values() for value in values if value is not None) or 1
    step = 10 ** math.floor(math.log10(top))
    step = next(s for s in (step / 5, step / 2, step, step * 2) if top / s <= 7)
    across = (WIDTH - LEFT - 190) / max(len(labels) - 1, 1)
    parts = []
    for i in range(int(top / step) + 1):
        y = bottom - (bottom - TOP) * i * step / top
        parts += [line(LEFT, y, WIDTH - 180, y), text(LEFT - 6, y + 4, short(i * step), "end")]
    every = max(1, len(labels) // 10)
    parts += [text(LEFT + i * across, bottom + 18, label, "middle") for i, label in enumerate(labels) if i % every == 0]
    parts.append(text((LEFT + WIDTH - 190) / 2, bottom + 38, unit, "middle"))
    for index, (name, values) in enumerate(series.items()):
        shade = colour(name, index)
        points = [(LEFT + i * across, bottom - (bottom - TOP) * v / top) for i, v in enumerate(values) if v is not None]
        parts.append(f'<path d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}" stroke="{shade}" stroke-width="2" fill="none"/>')
        if len(points) <= 12:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{shade}"/>' for x, y in points]
        parts += [f'<rect x="{WIDTH - 165}" y="{TOP + index * 20}" width="12" height="12" fill="{shade}"/>', text(WIDTH - 148, TOP + 11 + index * 20, name)]
    save(path, height, title, parts)

"""Charts of a graph as accessible SVG: matrix, timeline, network, stance bars (see `kg.charts.kinds`)."""

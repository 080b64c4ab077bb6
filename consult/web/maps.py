"""What the map in the browser says, in the reader's language: the scripts hold no words of their own."""

from flask_babel import gettext as _


def map_words() -> dict[str, str]:
    """Name every word that the map's scripts show or speak; %(…)s are filled in by the scripts."""
    return {
        "map": _("Map"),
        "keys": _("Arrow keys move the map, plus and minus zoom."),
        "pickKeys": _("Arrow keys move the map under the cross, Enter marks the place, Backspace takes it back."),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "here": _("Here"),
        "addCorner": _("Add a corner here"),
        "undo": _("Undo"),
        "finishLine": _("Finish the line"),
        "finishArea": _("Finish the area"),
        "remove": _("Remove"),
        "locate": _("Use my location"),
        "locating": _("Finding your location …"),
        "notLocated": _("Your location could not be found. Mark the place on the map or search for it."),
        "outside": _("This place lies outside Poland."),
        "point": _("Point"),
        "line": _("Line"),
        "polygon": _("Area"),
        "draw": _("What to mark"),
        "pointMarked": _("Marked: %(lat)s, %(lon)s."),
        "cornerAdded": _("Corner %(number)s added."),
        "lineMarked": _("Line marked."),
        "areaMarked": _("Area marked."),
        "crossing": _("The edges of the area cross each other. Take the last corner back."),
        "tooFew": _("A line needs two corners, an area three."),
        "undone": _("Last corner taken back."),
        "removed": _("The place is removed."),
        "chosen": _("Chosen place:"),
        "onMap": _("point on the map"),
        "lineOnMap": _("line on the map"),
        "areaOnMap": _("area on the map"),
        "group": _("%(number)s threats here, zoom in"),
        "approximate": _("Approximate place"),
        "details": _("Details"),
        "close": _("Close"),
        "approximateBoundaries": _("approximate boundaries"),
        "failed": _("The map cannot be drawn in this browser. Use the list or the search."),
        "loading": _("Loading the map …"),
        "attribution": _("Attribution"),
    }

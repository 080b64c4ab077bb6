"""Words that say a danger is there now: whoever writes them needs 112 and not a form.

It is better to ask once too often, so the list is wide; it stops nothing for good, since whoever sends the report once
more is believed.
"""

import re

from consult.words import folded

_POLISH = """
ratunku|ratujcie|pomóżcie|na pomoc|pomocy!|wezwijcie|właśnie teraz|w tej chwili|dzieje się teraz|teraz się dzieje
bije mnie|mnie bije|biją mnie|mnie biją|bije ją|bije go|teraz się biją|biją się teraz|goni mnie|grozi mi|atakuje
ma nóż|z nożem|z bronią|ma broń|strzela|wybuch|pali się|płonie|ulatnia się|włamuj|porwan|porywa|gwałc
nieprzytomn|nie oddycha|krwawi|umiera|tonie|topi się|wpadł do wody|wpadła do wody|samobój|chce skoczyć
"""
_ENGLISH = """
help me|right now|happening now|is attacking|on fire|drowning|unconscious|not breathing|bleeding|has a knife|has a gun
shooting|breaking in|beating
"""
_UKRAINIAN = """
рятуйте|допоможіть|зараз|просто зараз|мене б'ють|мене бʼють|мене б’ють|б'є мене|горить|тоне|непритомн|не дихає|кровоточ
має ніж|з ножем|стріля|вибух|вдираються
"""
_PHRASES = [folded(phrase) for text in (_POLISH, _ENGLISH, _UKRAINIAN) for phrase in re.split(r"[|\n]", text) if phrase]
_URGENT = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _PHRASES))})")


def sounds_urgent(text: str) -> bool:
    """Tell whether a description reads as if someone needed help at this moment."""
    return _URGENT.search(" ".join(folded(text).split())) is not None

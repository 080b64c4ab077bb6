"""What an eye sees that axe does not: text cut off, words broken in two, texts over each other, a page that jumps."""

WATCH = """() => {
  window.jumps = []
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      const moved = one.sources.map(({ node }) => (node?.parentElement ?? node)?.outerHTML?.slice(0, 90) ?? '?')
      if (!one.hadRecentInput) window.jumps.push({ by: one.value, moved })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}"""
"""Set before a page begins: notes each time that something moves which the reader has not moved."""

JUMPED = """() => (window.jumps ?? []).filter(({ by }) => by > 0.01)
  .map(({ by, moved }) => `${by.toFixed(3)} ${moved.join(' | ')}`)"""
"""Each jump that an eye notices: its share of the window times how far it moved (Layout Instability, W3C)."""

CUT = """() => {
  const found = []
  const told = (node) => node.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60)
  const hides = (style) => [style.overflowX, style.overflowY].some((one) => one === 'hidden' || one === 'clip')
  const scrolls = (style) => ['auto', 'scroll'].includes(style.overflowX)
  const isAside = (element) => element.closest('svg, canvas, [hidden], .govuk-visually-hidden, .maplibregl-map')
    || element.closest('details:not([open]) > :not(summary)')
  const pieces = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.textContent.trim() || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION', 'TEXTAREA'].includes(element.tagName)
      || isAside(element) || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const lines = [...range.getClientRects()].filter((line) => line.width > 1 && line.height > 1)
    let inside = false
    for (let box = element; box && box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box)
      const at = box.getBoundingClientRect()
      if (at.width <= 1 || at.height <= 1 || /rect|inset/.test(style.clip + style.clipPath)) { inside = true; break }
      if (scrolls(style)) { inside = true; break }
      if (hides(style) && lines.some((line) => line.right > at.right + 1 || line.left < at.left - 1
        || line.bottom > at.bottom + 3)) found.push(`cut off: ${told(node)}`)
      if (style.position === 'fixed' || style.position === 'absolute') inside = true
    }
    if (inside) continue
    if (lines.some((line) => line.right > innerWidth + 1 || line.left < -1)) found.push(`beside the page: ${told(node)}`)
    for (const line of lines) pieces.push({ line, node, element })
    for (const { 0: word, index } of lines.length > 1 ? node.textContent.matchAll(/(?<!\\S)\\p{L}{3,}(?!\\S)/gu) : []) {
      range.setStart(node, index)
      range.setEnd(node, index + word.length)
      const [first, ...others] = range.getClientRects()
      if (others.some((part) => part.top > first.bottom - 4)) found.push(`broken in two: ${word}`)
    }
  }
  pieces.sort((one, two) => one.line.top - two.line.top)
  pieces.forEach((one, at) => {
    for (const two of pieces.slice(at + 1)) {
      if (two.line.top >= one.line.bottom - 4) break
      if (one.node === two.node || one.element.contains(two.element) && one.element.tagName === 'RT') continue
      const across = Math.min(one.line.right, two.line.right) - Math.max(one.line.left, two.line.left)
      const down = Math.min(one.line.bottom, two.line.bottom) - two.line.top
      if (across > 3 && down > Math.min(one.line.height, two.line.height) * 0.45) {
        found.push(`over each other: ${told(one.node)} / ${told(two.node)}`)
      }
    }
  })
  return [...new Set(found)]
}"""
"""Texts that a box hides in part, whose words are broken, that stand beside the page, or that lie over one another."""

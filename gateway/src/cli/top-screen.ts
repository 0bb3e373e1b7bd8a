import type { Paint } from './top-table.ts'

/** What the live table needs of a terminal; process.stdout fits. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
}

const ESC = '\u001b['
const COLOURS = { online: '32', offline: '31;1', unknown: '33', quiet: '2', title: '1' } as const

export const coloured: Paint = (text, role) => `${ESC}${COLOURS[role]}m${text}${ESC}0m`

/**
 * Draws lines on the terminal's second screen and gives the first one back untouched. Only lines that differ are written, in
 * one piece, so nothing flickers. Lines are not wrapped: a terminal that draws ● wider than we think cuts instead.
 */
export function openScreen(terminal: Terminal) {
  let drawn: readonly string[] = []
  let open = true
  terminal.write(`${ESC}?1049h${ESC}?25l${ESC}?7l${ESC}2J`)
  return {
    draw(lines: readonly string[]) {
      if (!open) return
      let output = ''
      for (let row = 0; row < Math.max(lines.length, drawn.length); row++) {
        if (lines[row] !== drawn[row]) output += `${ESC}${row + 1};1H${ESC}2K${lines[row] ?? ''}`
      }
      drawn = lines
      if (output) terminal.write(output)
    },
    /** After a resize nothing of what was drawn can be trusted. */
    forget() {
      drawn = []
      if (open) terminal.write(`${ESC}2J`)
    },
    close() {
      if (!open) return
      open = false
      terminal.write(`${ESC}?7h${ESC}?25h${ESC}?1049l`)
    },
  }
}

/** Text that is already HTML; everything else is escaped. */
export interface Html {
  readonly html: string
}

type Part = Html | string | number | readonly Part[]

/** A template whose values are escaped unless they are HTML already: no text of a device or a person becomes markup. */
export const html = (strings: TemplateStringsArray, ...values: readonly Part[]): Html => ({
  html: strings.reduce((page, text, i) => page + render(values[i - 1] ?? '') + text),
})

function render(part: Part): string {
  if (Array.isArray(part)) return part.map(render).join('')
  if (typeof part === 'object' && 'html' in part) return part.html
  return escapeText(String(part))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter]!)

/** Rows under a heading; a sentence where there is nothing to show. */
export function table(head: readonly string[], rows: readonly (readonly Part[])[], empty: string): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`
  return html`<table><thead><tr>${head.map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`
}

/** One A4 page or several, without any address of the outside: it prints the same from a saved file. */
export const page = (title: string, body: Html): string =>
  `<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeText(title)}</title><style>${STYLE}</style></head><body>${body.html}</body></html>\n`

const STYLE = `@page{size:A4;margin:16mm 14mm}
body{font:10.5pt/1.5 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#111;max-width:182mm;margin:0 auto;padding:8px}
h1{font-size:18pt;margin:0}h2{font-size:13pt;margin:14pt 0 4pt;border-bottom:1px solid #999;break-after:avoid}
p{margin:3pt 0}.en,.formula,.empty{color:#555}.en{font-size:9pt}.formula{font-size:8pt;margin:0 0 6pt}
table{border-collapse:collapse;width:100%;margin:4pt 0}th,td{border:1px solid #bbb;padding:2pt 4pt;text-align:left;vertical-align:top}
th{background:#eef1f4;font-weight:600}tr,.kpi{break-inside:avoid}thead{display:table-header-group}.big{font-size:14pt;font-weight:600}
@media print{body{max-width:none;padding:0}}`

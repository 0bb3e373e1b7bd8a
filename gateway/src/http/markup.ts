import type { FastifyReply } from 'fastify'

/** Text that is HTML already. Only `markup` makes it. */
export interface Markup {
  readonly html: string
}

type Piece = string | number | Markup | readonly Markup[] | undefined

/** HTML with holes: what is put into them is text, whoever wrote it; only Markup stays as it is. */
export const markup = (pieces: TemplateStringsArray, ...holes: readonly Piece[]): Markup => ({
  html: String.raw({ raw: pieces }, ...holes.map(htmlOf)),
})

function htmlOf(piece: Piece): string {
  if (piece === undefined) return ''
  if (typeof piece === 'string' || typeof piece === 'number') return escaped(String(piece))
  return 'html' in piece ? piece.html : piece.map(({ html }) => html).join('')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)

/** Chinese first, English below. */
export const said = (zh: string, en: string): Markup => markup`${zh} <span lang="en">${en}</span>`

/** No script, no foreign style, a form that only comes back here. */
export const POLICY = "default-src 'none';style-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'"

/** Answers with one plain page that works in any browser, chat windows included. */
export function sendPage(reply: FastifyReply, status: number, title: string, body: Markup, policy = POLICY) {
  const page = markup`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="/forms.css">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
  return reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', policy).send(page.html)
}

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { wantsCsv } from '../documents/csv.ts'
import { instant } from './questions.ts'
import { kpiListSchema } from './repair-schemas.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const DEFAULT_SPAN_MS = 30 * 24 * 60 * 60 * 1000
/** A year and a leap day: what a yearly comparison needs. */
const LONGEST_SPAN_MS = 367 * 24 * 60 * 60 * 1000

const kpiQuestion = z
  .strictObject({ from: instant.optional(), to: instant.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['from'],
    message: 'lies after `to`.',
  })
  .refine(({ from, to }) => from === undefined || to === undefined || to - from <= LONGEST_SPAN_MS, {
    path: ['from'],
    message: 'lies more than 367 days before `to`.',
  })

const reportQuestion = z.strictObject({
  at: instant.optional().describe('Any moment of the week or month; without it the one that is running.'),
})

/** `/api/v1/kpis` and the printable pages. */
export function reportRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  app.get(
    '/api/v1/kpis',
    {
      schema: {
        operationId: 'kpis',
        summary: 'Figures of repair: stage times, availability, repeat faults …; JSON or CSV',
        querystring: kpiQuestion,
        response: {
          200: {
            description:
              'Without `from` the 30 days before `to`, without `to` until now. CSV when the Accept header asks for text/csv.',
            content: {
              'application/json': { schema: kpiListSchema },
              'text/csv': { schema: z.string() },
            },
          },
          ...failures,
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request, reply) => {
      const to = request.query.to ?? Math.max(clock.wallMs(), (request.query.from ?? 0) + 1)
      const from = request.query.from ?? Math.max(0, to - DEFAULT_SPAN_MS)
      const span = { from: Math.max(from, to - LONGEST_SPAN_MS), to }
      reply.header('vary', 'accept')
      if (wantsCsv(request.headers.accept))
        return reply.type('text/csv; charset=utf-8').send(await views.kpis.csv(span))
      return reply.type('application/json; charset=utf-8').send(await views.kpis.json(span))
    },
  )

  for (const [period, summary] of [
    ['weekly', 'The week’s safety report, to print (安全例会)'],
    ['monthly', 'The month’s service report, to print (服务分析)'],
  ] as const) {
    app.get(
      `/reports/${period}`,
      {
        schema: {
          operationId: `report-${period}`,
          summary,
          querystring: reportQuestion,
          response: {
            200: { description: 'One page.', content: { 'text/html': { schema: z.string() } } },
            ...failures,
            503: failureSchema.describe('The store cannot answer now.'),
          },
        },
      },
      async (request, reply) => {
        const html = await views.reports[period](request.query.at ?? clock.wallMs())
        return reply.type('text/html; charset=utf-8').header('content-security-policy', policyOf(html)).send(html)
      },
    )
  }
}

/** No script at all, and of styles only those that the page came with: text in it that tried to bring its own would find them refused. */
function policyOf(html: string): string {
  const first = /<style>([\s\S]*?)<\/style>/.exec(html.slice(0, html.indexOf('</head>') + 1))?.[1]
  const style = first === undefined ? "'none'" : `'sha256-${createHash('sha256').update(first).digest('base64')}'`
  return `default-src 'none';style-src ${style};img-src data:;base-uri 'none';form-action 'none';frame-ancestors 'none'`
}

import { readdirSync, readFileSync } from 'node:fs'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { SCHEMA_VERSION } from './board.ts'
import { BOARDS } from './boards.ts'
import { queriesOf } from './check/grafana-queries.ts'
import { filled } from './filled.ts'
import { generated, jsonFolder } from './generate.ts'
import { COLOR } from './thresholds.ts'

const boards = [...generated()].map(([name, text]) => [name, JSON.parse(text) as Dashboard] as const)
/** Rows of the grid that 1366×768 shows below Grafana's bars: each is 30 px with 8 px between. */
const FIRST_SCREEN_ROWS = 16

/** What every panel must have for Grafana to show it as meant; the SDK gives the rest. */
const panelSchema = z.object({
  id: z.int().positive(),
  type: z.enum(['stat', 'bargauge', 'timeseries', 'barchart', 'table', 'state-timeline']),
  title: z.string().regex(/\p{Script=Han}|CPU/u, 'a Chinese title'),
  description: z.string().regex(/^[A-Z][^。]+\. .+[a-z].+\.$/s, 'English, then both languages'),
  datasource: z.strictObject({ type: z.literal('influxdb'), uid: z.literal(filled('ds')) }),
  gridPos: z.strictObject({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(3), h: z.int().min(3) }),
  targets: z
    .array(
      z.object({
        refId: z.string().regex(/^[A-D]$/),
        rawQuery: z.literal(true),
        query: z.string().startsWith('SELECT '),
        resultFormat: z.enum(['time_series', 'table']),
        datasource: z.strictObject({ type: z.literal('influxdb'), uid: z.literal(filled('ds')) }),
      }),
    )
    .min(1),
})
const panelsOf = (board: Dashboard) => z.array(panelSchema).parse(board.panels)

test('there are eight boards, and the files in json/ are what the code says (else: npm run dashboards)', () => {
  expect(boards).toHaveLength(8)
  expect(readdirSync(jsonFolder).sort()).toEqual(boards.map(([name]) => name).sort())
  for (const [name, text] of generated()) expect(readFileSync(jsonFolder + name, 'utf8') === text, name).toBe(true)
})

test('no two panels share an id, so a link to a panel stays true', () => {
  const ids = boards.flatMap(([, board]) => panelsOf(board).map(({ id }) => id))
  expect(new Set(ids).size).toBe(ids.length)
})

test.each(boards)('%s fits its grid, and no panel lies over another', (_, board) => {
  const taken = new Set<string>()
  for (const { gridPos, title } of panelsOf(board)) {
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect(taken.has(`${x},${y}`), `${title} at ${x},${y}`).toBe(false)
        taken.add(`${x},${y}`)
      }
  }
})

test.each(boards)(
  '%s answers its question on the first screen: a row of numbers, then what stands behind them',
  (_, board) => {
    const first = panelsOf(board).filter(({ gridPos }) => gridPos.y + gridPos.h <= FIRST_SCREEN_ROWS)
    const answer = first.filter(({ gridPos }) => gridPos.y === 0)
    expect(answer.map(({ type }) => type)).toEqual(answer.map(() => 'stat'))
    expect(answer.reduce((width, { gridPos }) => width + gridPos.w, 0)).toBe(24)
    expect(first.length - answer.length).toBeGreaterThanOrEqual(2)
    expect(board.description).toMatch(/[??].+\?$/)
  },
)

test.each(boards)(
  '%s: hall, zone, kind and device can be chosen; alarms and orders are marked; others can be reached',
  (_, board) => {
    const names = (board.templating?.list ?? []).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['ds', 'hall', 'zone', 'kind', 'device', 'console']))
    expect(names.indexOf('kind')).toBeLessThan(names.indexOf('device'))
    expect(board.annotations?.list?.map(({ name }) => name)).toEqual(['告警 Alarms', '工单关闭 Orders closed'])
    expect(board.schemaVersion).toBe(SCHEMA_VERSION)
    expect(board.links?.map(({ type }) => type)).toEqual(['dashboards', 'link'])
    expect(board.timezone).toBe('Asia/Shanghai')
  },
)

test('links inside panels lead to boards that exist and to pages of the console', () => {
  const uids = BOARDS.map(({ uid }) => uid)
  const links = boards.flatMap(([, board]) => [...JSON.stringify(board.panels).matchAll(/"url":"([^"]+)"/g)])
  expect(links.length).toBeGreaterThan(50)
  for (const [, url] of links) {
    const target = /^\/d\/([\w-]+)\?var-device=/.exec(url!)
    if (target) expect(uids).toContain(target[1])
    else expect(url).toMatch(/^\$\{console\}\/(ops\/alarms|ops\/devices\/\$\{__[\w.]+\}|m\/orders\/\$\{__[\w.]+\})$/)
  }
})

/** Functions that InfluxDB 1.x, 2 and 3 all list for InfluxQL. */
const PORTABLE =
  /^(count|distinct|mean|median|sum|spread|min|max|first|last|percentile|non_negative_difference|non_negative_derivative|time|tz|fill)$/

test.each(boards)(
  '%s asks only what InfluxDB 1, 2 and 3 can answer, in a time range and for chosen halls',
  (_, board) => {
    for (const { key, query } of queriesOf(board)) {
      for (const [, name] of query.matchAll(/\b([a-z_]+)\(/g))
        expect([key, name]).toEqual([key, expect.stringMatching(PORTABLE)])
      expect([key, query]).toEqual([key, expect.stringContaining('$timeFilter')])
      expect([key, query]).toEqual([key, expect.stringContaining(`"hall" =~ /^${filled('hall:regex')}$/`)])
    }
  },
)

test('a board asks as many questions for 300 devices as for one: no panel repeats', () => {
  for (const [, board] of boards) {
    expect(JSON.stringify(board.panels)).not.toContain('"repeat"')
    expect(queriesOf(board).length).toBeLessThanOrEqual(25)
  }
})

test('colours are those of the status and flow palette, or Grafana’s own for many lines', () => {
  const palette = new Set<string>(Object.values(COLOR))
  for (const [, board] of boards)
    for (const [, color] of JSON.stringify(board.panels).matchAll(/"color":"([^"]+)"/g))
      expect(palette).toContain(color)
})

import { expect, test } from 'vitest'
import { httpHall } from './http-fixture.ts'

const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>'

test('a device named like a script travels as JSON that no browser runs', async () => {
  const hall = await httpHall()
  hall.add({ id: 'kiosk-01', kind: 'kiosk', name: HOSTILE })
  const answer = await hall.get('/api/v1/devices/kiosk-01')
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(((await answer.json()) as { name: string }).name).toBe(HOSTILE)
})

test('a hostile address is not mirrored as a page', async () => {
  const hall = await httpHall()
  const answer = await hall.get('/%3Cscript%3Ealert(1)%3C/script%3E')
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
})

test('a jammed terminal is told in words, and the page can tell that it needs attention', async () => {
  const hall = await httpHall()
  const { quantities } = (await (await hall.get('/api/v1/vocabulary')).json()) as {
    quantities: { id: string; words?: Record<string, { zh: string; fault?: string }> }[]
  }
  const paperPath = quantities.find(({ id }) => id === 'paperPath')
  expect(paperPath?.words?.jam).toEqual({ zh: '卡纸', en: 'Jam', fault: 'prn.paper_jam' })
  expect(paperPath?.words?.ok?.fault).toBeUndefined()
})

test('a charger that charges and a receipt printer are told in words', async () => {
  const hall = await httpHall()
  const vocabulary = (await (await hall.get('/api/v1/vocabulary')).json()) as {
    quantities: { id: string; words?: Record<string, { zh: string }> }[]
    qualifiers: Record<string, { zh: string; en: string }>
  }
  expect(vocabulary.quantities.find(({ id }) => id === 'chargerState')?.words?.charging).toEqual({
    zh: '充电中',
    en: 'Charging',
  })
  expect(vocabulary.qualifiers.receipt).toEqual({ zh: '凭条', en: 'receipt' })
})

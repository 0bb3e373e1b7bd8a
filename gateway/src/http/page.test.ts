import { expect, test } from 'vitest'
import { httpHall } from './http-fixture.ts'

const HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)>'

test('the start page names the addresses and holds no script or style of its own', async () => {
  const hall = await httpHall()
  const page = await (await hall.get('/')).text()
  for (const address of ['/api/v1/devices', '/api/v1/stream', '/api/v1/openapi.json', '/readyz', '/metrics']) {
    expect(page).toContain(address)
  }
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i)
  expect((await hall.get('/live.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect((await hall.get('/live.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
})

test('the page never turns what the gateway says into markup', async () => {
  const hall = await httpHall()
  const script = await (await hall.get('/live.js')).text()
  expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser/)
  expect(script).toContain('textContent')
})

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

import { describe, expect, test } from 'vitest'
import { loadTapKey, signTap, verifyTap } from './tap-links.ts'

const key = Buffer.from('a key of this hall')
const tap = { act: 'accept', order: 'W20261122-0003', person: 'zhang', expiresAt: 2_000_000 } as const

describe('a one-tap link', () => {
  const token = signTap(tap, key)

  test('says what it does, for whom, until its end', () => {
    expect(verifyTap(token, key, 2_000_000)).toEqual({ result: 'ok', tap })
  })
  test('is expired after it', () => {
    expect(verifyTap(token, key, 2_000_001)).toEqual({ result: 'expired' })
  })
  test('is wrong for another key', () => {
    expect(verifyTap(token, Buffer.from('another'), 1)).toEqual({ result: 'wrong' })
  })
  test('is wrong when somebody writes another act into it, even after its end', () => {
    const payload = Buffer.from(JSON.stringify([2, tap.order, tap.person, 2000])).toString('base64url')
    expect(verifyTap(`${payload}.${token.split('.')[1]}`, key, 3_000_000)).toEqual({ result: 'wrong' })
  })
  test.each(['', '.', 'x', 'x.y', `${token}.z`, token.slice(0, -1), 'x'.repeat(600)])('is wrong as “%s”', (text) => {
    expect(verifyTap(text, key, 1)).toEqual({ result: 'wrong' })
  })
})

describe('the key of the links', () => {
  test('is made once and kept, so that links outlive a restart', async () => {
    let kept: string | undefined
    const store = {
      get: async () => kept,
      set: async (next: string) => {
        kept = next
      },
    }
    const first = await loadTapKey({}, store)
    expect(Buffer.from(await loadTapKey({}, store))).toEqual(Buffer.from(first))
    expect(first).toHaveLength(32)
  })
  test('is that of the environment when there is one', async () => {
    const store = { get: async () => 'other', set: async () => {} }
    expect(await loadTapKey({ HALLWATT_LINK_KEY: 'mine' }, store)).toEqual(Buffer.from('mine'))
  })
})

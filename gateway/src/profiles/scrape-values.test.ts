import { expect, test } from 'vitest'
import { scrapeSchema } from './scrape-schema.ts'
import { compileScrape } from './scrape-values.ts'

const diskFree = (of: object, pick = 'lowest') =>
  scrapeSchema.parse({
    port: 9182,
    values: [{ quantity: 'diskFree', metric: 'free', of: { metric: 'size', ...of }, pick, max: 100 }],
  })

function read(page: string, profile = diskFree({})) {
  const scrape = compileScrape(profile, {})
  const { values, bad } = scrape.values({ samples: scrape.page(Buffer.from(page)).samples, atS: 0 }, undefined)
  return { ...values, ...bad }
}

test('a part is set against the whole with the same labels, in whatever order they are written', () => {
  const page =
    'free{volume="C:",host="a"} 10\nfree{host="b",volume="\\\\x"} 5\nsize{host="a",volume="C:"} 40\nsize{ volume="\\\\x", host="b", } 50'
  expect(read(page)).toEqual({ diskFree: 10 })
  expect(read('free{volume="C:"} 10\nsize{volume="D:"} 40')).toEqual({ diskFree: 'not-available' })
  expect(read('free{a="1,b=2"} 10\nsize{a="1",b="2"} 40')).toEqual({ diskFree: 'not-available' })
  expect(read('free 10\nsize{} 40')).toEqual({ diskFree: 25 })
  expect(read(page, diskFree({}, 'sum'))).toEqual({ diskFree: 16.6667 })
})

test('5,000 parts whose wholes are all others are over soon', () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `free{volume="${i}"} 1\nsize{volume="x${i}"} 2`)
  const begin = performance.now()
  expect(read(lines.join('\n'))).toEqual({ diskFree: 'not-available' })
  // Some ten milliseconds alone; each against each takes a minute.
  expect(performance.now() - begin).toBeLessThan(5000)
})

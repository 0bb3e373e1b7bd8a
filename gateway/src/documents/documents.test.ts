import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseDocument, problemList } from './documents.ts'

const schema = z.strictObject({
  name: z.string(),
  colour: z.enum(['red', 'green']).optional(),
  points: z.array(z.strictObject({ address: z.int().max(9), shape: z.string().optional() })).default([]),
  way: z.union([z.strictObject({ topic: z.string() }), z.strictObject({ words: z.array(z.int()) })]).optional(),
})

function problemsOf(text: string): string[] {
  const parsed = parseDocument(text, schema)
  return parsed.ok
    ? []
    : parsed.problems.map(({ line, column, path, message }) => `${line}:${column} ${path}  ${message}`)
}

test('a text that fits gives its value and knows where everything stands', () => {
  const parsed = parseDocument('name: a\npoints:\n  - { address: 1 }\n', schema)
  if (!parsed.ok) throw new Error('it should fit')
  expect(parsed.value).toEqual({ name: 'a', points: [{ address: 1 }] })
  expect(parsed.locate(['points', 0, 'address'])).toEqual({ line: 3, column: 7 })
})

test('every mistake is said at once, in reading order, with the nearest known word', () => {
  expect(problemsOf('nam: a\ncolour: gren\npoints:\n  - { adress: 1 }\n')).toEqual([
    '1:1 name  is missing (string).',
    '1:1 nam  "nam" is not known here. Did you mean "name"?',
    '2:1 colour  "gren" is not one of: red, green. Did you mean "green"?',
    '4:5 points[0].address  is missing (number).',
    '4:7 points[0].adress  "adress" is not known here. Did you mean "address"?',
  ])
})

test('a value of the wrong type is shown as it was written', () => {
  expect(problemsOf('name: 7\n')).toEqual(['1:1 name  7 stands here where a value of type string belongs.'])
  expect(problemsOf('name: [a]\n')).toEqual([
    '1:1 name  A group of lines stands here where a value of type string belongs.',
  ])
})

test('a decimal with a comma is recognised, also where YAML makes two things of it', () => {
  const point = 'A decimal is written with a point: 0.1.'
  expect(problemsOf('name: a\npoints:\n  - { address: 0,5 }\n')).toEqual([
    `3:18 points[0].5  "5" is not known here. ${point}`,
  ])
  expect(problemsOf('name: a\npoints:\n  - address: 0,5\n')).toEqual([
    `3:5 points[0].address  "0,5" stands here where a value of type number belongs. ${point}`,
  ])
})

test('of several shapes the one that was meant is explained', () => {
  expect(problemsOf('name: a\nway: { words: [1, x] }\n')).toEqual([
    '2:19 way.words[1]  "x" stands here where a value of type number belongs.',
  ])
})

test('what is not YAML is said with its place only', () => {
  const problems = problemsOf('name: a\nname: b\n')
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/^2:1 /)
})

test('a list of problems is aligned, so that places and messages can be read down', () => {
  const at = { line: 3, column: 5 }
  const text = problemList('a.yaml', [
    { ...at, path: 'name', message: 'is missing.' },
    { line: 12, column: 7, path: 'points[0]', message: 'is wrong.' },
  ])
  expect(text).toBe('a.yaml has 2 problems:\n   3:5  name       is missing.\n  12:7  points[0]  is wrong.')
})

import { expect, test } from 'vitest'
import { diffLines } from './diff-lines.ts'

test('each line stands with its place in the file: what goes with the old one, the rest with the new one', () => {
  const unified = '@@ -3,3 +3,3 @@\n a\n-b\n+c\n d\n@@ -20,1 +20,2 @@\n x\n+- { id: "--- odd" }\n'
  expect(diffLines(unified)).toEqual([
    { kind: 'same', text: 'a', line: 3 },
    { kind: 'removed', text: 'b', line: 4 },
    { kind: 'added', text: 'c', line: 4 },
    { kind: 'same', text: 'd', line: 5 },
    { kind: 'gap', text: '', line: undefined },
    { kind: 'same', text: 'x', line: 20 },
    { kind: 'added', text: '- { id: "--- odd" }', line: 21 },
  ])
})

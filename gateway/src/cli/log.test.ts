import { expect, test, vi } from 'vitest'
import { createLog } from './log.ts'

function shown(say: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
  try {
    say(createLog({ level: 'warn', terminal: true }))
  } finally {
    write.mockRestore()
  }
  return lines.join('')
}

test('where a trouble is shown its end is shown too', () => {
  const text = shown((log) => {
    log.warn({ code: 'HW_DEVICE_SILENT' }, 'meter-1 stopped answering')
    log.info({ was: 'HW_DEVICE_SILENT' }, 'meter-1 is back after 14 s')
  })
  expect(text).toContain('meter-1 stopped answering')
  expect(text).toContain('meter-1 is back after 14 s')
})

test('everyday news stays out of a log that shows troubles', () => {
  expect(shown((log) => log.info({}, 'meter-1 answers'))).toBe('')
})

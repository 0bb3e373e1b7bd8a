import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  heading: 'Audit',
  intro: 'Every sign-in, act and change of settings is an entry, each chained to the one before. It can only be read.',
  caption: 'Who did what and when, newest first',
  seq: 'No.',
  at: 'Time',
  actor: 'Who',
  action: 'What',
  subject: 'To what',
  detail: 'Detail',
  filter: 'Filter',
  older: 'Older entries',
  noOlder: 'There are no older ones',
  verify: 'Verify the whole chain',
  verifying: 'Verifying',
  intact: 'Intact: all {n} entries fit',
  head: 'Hash of the last entry. Note it elsewhere (the weekly report) and compare next time: only that proves that nothing was rewritten as a whole:',
  broken: 'Entry {n} does not fit',
  none: 'No entry yet',
  clear: 'Clear',
}

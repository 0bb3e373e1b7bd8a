import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  heading: 'Find a device by its code',
  start: 'Open the camera',
  stop: 'Close the camera',
  aim: 'Point it at the code on the machine',
  insecure: 'The camera works over HTTPS only; type the number or the name.',
  denied: 'The camera did not open: allow it, or type the number.',
  notOurs: 'This is not the code of a device',
  unknown: 'There is no such device: {id}',
  type: 'Number or name',
  hint: 'The number stands below the code on the machine',
  none: 'Nothing found',
}

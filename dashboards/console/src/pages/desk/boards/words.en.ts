import type { EnglishOf } from '../../../words/words.ts'
import type { zh } from './words.zh.ts'

export const en: EnglishOf<typeof zh> = {
  lead: 'Opens in Grafana with the hall and the period filled in, in a new window.',
  missing: 'The address of Grafana is not set yet',
  missingHow:
    'Write grafanaUrl: "http://host:3000" under dashboards in hall.yaml. It holds as soon as it is saved. The boards come with the software, see dashboards/grafana.',
  open: 'Open',
  device: 'Device',
  hall: 'Hall overview',
  hallAsks: 'Can the hall serve right now',
  one: 'One device',
  oneAsks: 'How was this device lately',
  kiosks: 'Terminals',
  kiosksAsks: 'Which one is unwell, which fault comes most, how long do paper and cash boxes last',
  energy: 'Energy',
  energyAsks: 'How much energy, and where',
  gateway: 'Collection and gateway',
  gatewayAsks: 'Is everything read, and does everything arrive',
  repair: 'Orders and repair',
  repairAsks: 'How fast is repair, which stage takes the time',
  chargers: 'EV chargers',
  chargersAsks: 'Is one free, is one out of order',
  experience: 'Experience zone',
  experienceAsks: 'Do the appliances work',
}

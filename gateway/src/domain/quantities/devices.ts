import type { QuantityDefinition } from './definition.ts'

/** What any device says about itself. */
export const DEVICES = {
  // What a device says about itself
  manufacturer: { type: 'text', unit: '', zh: '厂家', en: 'Manufacturer' },
  modelName: { type: 'text', unit: '', zh: '型号', en: 'Model' },
  modelCode: { type: 'number', unit: '', zh: '型号代码', en: 'Model code' },
  serialNumber: { type: 'text', unit: '', zh: '序列号', en: 'Serial number' },
  partNumber: { type: 'text', unit: '', zh: '物料编号', en: 'Part number' },
  firmwareVersion: { type: 'text', unit: '', zh: '固件版本', en: 'Firmware version' },
  softwareVersion: { type: 'text', unit: '', zh: '软件版本', en: 'Software version' },
  communicationFirmwareVersion: { type: 'text', unit: '', zh: '通信固件版本', en: 'Communication firmware version' },
  batteryFirmwareVersion: { type: 'text', unit: '', zh: '电池固件版本', en: 'Battery firmware version' },
  errorCode: { type: 'number', unit: '', zh: '故障代码', en: 'Error code' },
  alarmWord: { type: 'number', unit: '', zh: '告警字', en: 'Alarm word', qualifier: 'the word' },
  faultActive: {
    type: 'boolean',
    unit: '',
    zh: '故障',
    en: 'Fault active',
    qualifier: 'the fault, as the vendor names it',
  },
} as const satisfies Record<string, QuantityDefinition>

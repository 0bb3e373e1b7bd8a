import type { QuantityDefinition } from './definition.ts'

/** What the appliances, instruments and safety inputs of the experience zone say, beyond electricity and temperatures. */
export const EXPERIENCE_ZONE = {
  // Water, gas, light
  waterFlow: { type: 'number', unit: 'L/min', zh: '水流量', en: 'Water flow' },
  waterVolume: { type: 'number', unit: 'm3', zh: '累计用水量', en: 'Water volume' },
  gasVolume: { type: 'number', unit: 'm3', zh: '累计用气量', en: 'Gas volume' },
  irradiance: { type: 'number', unit: 'W/m2', zh: '辐照度', en: 'Irradiance' },
  illuminance: { type: 'number', unit: 'lx', zh: '照度', en: 'Illuminance' },
  lampsLit: { type: 'number', unit: '', zh: '点亮灯数', en: 'Lamps lit' },
  // A pulse output: the frame that carries a new count bears the time of its edge
  pulseCount: { type: 'number', unit: '', zh: '脉冲数', en: 'Pulses counted' },
  buttonPresses: { type: 'number', unit: '', zh: '按键次数', en: 'Button presses' },
  // What is set, beside what is measured
  targetTemperature: { type: 'number', unit: '°C', zh: '设定温度', en: 'Set temperature' },
  curtainPosition: { type: 'number', unit: '%', zh: '窗帘开度', en: 'Curtain position' },
  panelTilt: { type: 'number', unit: 'deg', zh: '光伏板倾角', en: 'Tilt of the panel' },
  // Safety inputs. True is trouble, but for contactorClosed, which is true while the demo circuits have power
  emergencyStopPressed: { type: 'boolean', unit: '', zh: '急停按下', en: 'Emergency stop pressed' },
  contactorClosed: { type: 'boolean', unit: '', zh: '接触器闭合', en: 'Contactor closed' },
  rcdTripped: { type: 'boolean', unit: '', zh: '漏电保护动作', en: 'Residual current device tripped' },
  breakerTripped: { type: 'boolean', unit: '', zh: '断路器跳闸', en: 'Breaker tripped' },
  smokeDetected: { type: 'boolean', unit: '', zh: '烟雾', en: 'Smoke detected' },
  gasDetected: { type: 'boolean', unit: '', zh: '可燃气体', en: 'Gas detected' },
  waterDetected: { type: 'boolean', unit: '', zh: '水浸', en: 'Water detected' },
} as const satisfies Record<string, QuantityDefinition>

/** What a Modbus exception means for a person (Modbus Application Protocol V1.1b3, §7). */
export const EXCEPTION_NAMES: Readonly<Record<number, { zh: string; en: string }>> = {
  1: { zh: '不支持的功能码', en: 'Illegal function' },
  2: { zh: '没有这个地址', en: 'Illegal data address' },
  3: { zh: '数量或数值不允许', en: 'Illegal data value' },
  4: { zh: '设备内部故障', en: 'Server device failure' },
  5: { zh: '已接受，处理中', en: 'Acknowledge' },
  6: { zh: '设备忙', en: 'Server device busy' },
  8: { zh: '存储校验错误', en: 'Memory parity error' },
  10: { zh: '网关通路不可用', en: 'Gateway path unavailable' },
  11: { zh: '网关后的设备没有应答', en: 'Gateway target device failed to respond' },
}

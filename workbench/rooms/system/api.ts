// All routes of the room.
import { newRouter } from '../../kernel/http/router.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { exchangeApi } from './exchange-api.ts';
import { layoutApi } from './layout-api.ts';

export function systemApi(kernel: Kernel) {
  return newRouter().route('/', layoutApi(kernel)).route('/', exchangeApi(kernel));
}

export type SystemApi = ReturnType<typeof systemApi>;

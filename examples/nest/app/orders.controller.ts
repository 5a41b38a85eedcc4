/** An ordinary route: its body is parsed, as always. */

import { Body, Controller, Post } from '@nestjs/common';

@Controller('orders')
export class OrdersController {
  @Post()
  order(@Body() { item }: { item: string }) {
    return { ordered: item };
  }
}

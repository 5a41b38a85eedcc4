/** An ordinary route: its body is parsed, as usual. */

import { Body, Controller, Post } from '@nestjs/common';

@Controller('orders')
export class OrdersController {
  @Post()
  order(@Body() { item }: { item: string }) {
    return { ordered: item };
  }
}

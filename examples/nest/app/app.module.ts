import { createReceiver, memoryStore } from '@countersign/core';
import { WebhooksModule } from '@countersign/nest';
import { github } from '@countersign/providers/github';
import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { GithubController } from './github.controller.ts';
import { OrdersController } from './orders.controller.ts';
import { ReleasesService } from './releases.service.ts';

@Module({
  imports: [
    ConfigModule.forRoot(),
    WebhooksModule.forRootAsync({
      imports: [ConfigModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        receivers: {
          github: createReceiver({
            provider: github,
            secrets: config.get<string>('GITHUB_WEBHOOK_SECRET'),
            dedupe: memoryStore(),
          }),
        },
      }),
    }),
  ],
  controllers: [GithubController, OrdersController],
  providers: [ReleasesService],
})
export class AppModule {}

import { Module } from '@nestjs/common';
import { GithubController } from './github.controller.ts';
import { OrdersController } from './orders.controller.ts';
import { ReleasesService } from './releases.service.ts';

@Module({ controllers: [GithubController, OrdersController], providers: [ReleasesService] })
export class AppModule {}

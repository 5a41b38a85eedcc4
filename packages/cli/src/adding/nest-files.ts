/** The files of NestJS: a controller and its module. */

import { describeScheme } from '@countersign/core/describe';
import { CliFailure } from '../frame/failure.ts';
import type { AddedSender } from './added-sender.ts';
import type { AppProject } from './app-project.ts';
import { type ModuleParts, moduleText } from './module-text.ts';
import { receiverModule, routeMethods } from './receiver-module.ts';
import { type RouteFiles, shownFolder, sourceFolder } from './route-files.ts';
import { testModule } from './test-module.ts';

/** @throws CliFailure project_unknown */
export function nestFiles(sender: AddedSender, project: AppProject): RouteFiles {
  const { id, title, className, provider, trial } = sender;
  const { extension, importEnding } = project;
  if (describeScheme(provider.scheme).each !== undefined)
    throw new CliFailure(
      'project_unknown',
      `${title} signs the events of a delivery one by one, which a controller's method cannot receive; docs/frameworks.md shows nodeHandler in NestJS.`,
    );
  const folder = project.target ?? `${sourceFolder(project)}webhooks`;
  const local = (name: string) => `./${id}.${name}${importEnding}`;
  const hasGet = routeMethods(sender).includes('GET');
  const method = hasGet ? 'All' : 'Post';
  const about = (what: string) => [`${what} Written by \`countersign add ${id}\`; change it as you like.`];
  const controller: ModuleParts = {
    about: about(`Receives what ${title} posts: each verified event once.`),
    imports: [
      { from: '@countersign/core', types: ['WebhookEvent'] },
      { from: '@countersign/nest', names: ['VerifiedEvent', 'Webhook'] },
      { from: '@nestjs/common', names: ['Controller', 'HttpCode', method] },
    ],
    body: [
      `@Controller('webhooks/${id}')`,
      `export class ${className}WebhookController {`,
      `  @${method}()`,
      `  @HttpCode(${trial.signsWith === 'nothing' ? 200 : trial.accepted})`,
      `  @Webhook('${id}')`,
      '  async receive(@VerifiedEvent() event: WebhookEvent): Promise<void> {',
      "    // If this throws, the event is released, so that the sender's retry runs it again.",
      '    console.log(event.type, event.id);',
      '  }',
      '}',
    ].join('\n'),
  };
  const module: ModuleParts = {
    about: about(`The module of ${title}'s webhooks.`),
    imports: [
      { from: '@countersign/nest', names: ['WebhooksModule'] },
      { from: '@nestjs/common', names: ['Module'] },
      { from: local('controller'), names: [`${className}WebhookController`] },
      { from: local('receiver'), names: [`create${className}Receiver`] },
    ],
    body: [
      '@Module({',
      '  imports: [',
      '    WebhooksModule.forRootAsync({',
      '      isGlobal: false,',
      `      useFactory: () => ({ receivers: { '${id}': create${className}Receiver() } }),`.replace(
        /'([a-z]+)':/,
        '$1:',
      ),
      '    }),',
      '  ],',
      `  controllers: [${className}WebhookController],`,
      '})',
      `export class ${className}WebhookModule {}`,
    ].join('\n'),
  };
  const test = `${folder}/${id}.controller.spec.${extension}`;
  return {
    files: [
      { path: `${folder}/${id}.receiver.${extension}`, text: receiverModule(sender, project) },
      { path: `${folder}/${id}.controller.${extension}`, text: moduleText(controller, project) },
      { path: `${folder}/${id}.module.${extension}`, text: moduleText(module, project) },
      {
        path: test,
        text: testModule(sender, project, local('receiver'), {
          imports: [
            { from: '@nestjs/core', names: ['NestFactory'] },
            { from: local('module'), names: [`${className}WebhookModule`] },
          ],
          statusOf: [
            `const app = await NestFactory.create(${className}WebhookModule, { rawBody: true, logger: false, abortOnError: false });`,
            "await app.listen(0, '127.0.0.1');",
            'try {',
            `  const { search } = new URL(delivery.url);`,
            `  const url = \`\${await app.getUrl()}/webhooks/${id}\${search}\`;`,
            '  const response = await fetch(toRequest({ ...delivery, url }));',
            '  return response.status;',
            '} finally {',
            '  await app.close();',
            '}',
          ].join('\n'),
          environment: 'process',
        }),
      },
    ],
    test,
    url: `/webhooks/${id}`,
    mount: [
      `import { ${className}WebhookModule } from '${shownFolder(project, folder)}/${id}.module${importEnding}';`,
      `// In the imports of your AppModule: ${className}WebhookModule`,
      '// In main.ts, so that Nest keeps the signed bytes:',
      'const app = await NestFactory.create(AppModule, { rawBody: true });',
    ],
    devDependencies: [],
  };
}

import { stringify } from 'yaml';
import type { Files } from './deployFiles';
import { sampleTeams } from './people';
import type { SampleService } from './sampleServices';

/** Everything of a service's repository but `deploy/`, as it was in the beginning. */
export function sourceFiles(service: SampleService): Files {
  const files: Files = {
    'README.md': `# ${service.name}\n\n${service.description}.\n\nA push to \`main\` builds an image and deploys it to dev. Staging and production follow by promotion.\n`,
    VERSION: `${service.version}\n`,
    Dockerfile: dockerfile(service),
    'catalog-info.yaml': catalogInfo(service),
    ...(service.language === 'node' ? nodeFiles(service) : goFiles(service)),
  };
  for (const module of service.modules) {
    files[modulePath(service, module)] =
      service.language === 'node'
        ? `'use strict';\n\n// What ${service.name} knows about: ${module}.\n`
        : `// Package domain holds what ${service.name} knows.\npackage domain\n`;
  }
  return files;
}

/** Where the code of a module is. */
export function modulePath(service: SampleService, module: string): string {
  return service.language === 'node'
    ? `src/${module}.js`
    : `internal/domain/${module}.go`;
}

/** The code of one change, to be added to a module. */
export function functionFor(service: SampleService, subject: string): string {
  const words = subject
    .replace(/[^A-Za-z0-9 ]/g, ' ')
    .trim()
    .split(/ +/);
  const camel = words
    .map((word, index) =>
      index ? word[0].toUpperCase() + word.slice(1) : word.toLowerCase(),
    )
    .join('');
  if (service.language === 'node') {
    return `\n// ${subject}\nexports.${camel} = input => ({ ...input, ${camel}: true });\n`;
  }
  const name = camel[0].toUpperCase() + camel.slice(1);
  return `\n// ${name}: ${subject}.\nfunc ${name}(input string) string {\n\treturn input\n}\n`;
}

function catalogInfo(service: SampleService): string {
  const team = sampleTeams.find(one => one.name === service.team);
  return stringify({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: service.name,
      title: service.name,
      description: service.description,
      annotations: { 'backstage.io/kubernetes-id': service.name },
      tags: [service.language === 'node' ? 'nodejs' : 'go'],
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: `group:default/${service.team}`,
      system: team?.system,
      ...(service.dependsOn.length && {
        dependsOn: service.dependsOn.map(name => `component:default/${name}`),
      }),
    },
  });
}

function dockerfile(service: SampleService): string {
  return service.language === 'node'
    ? `FROM node:24-alpine\nWORKDIR /app\nCOPY package.json ./\nCOPY src ./src\nUSER node\nEXPOSE 8080\nCMD ["node", "src/server.js"]\n`
    : `FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN CGO_ENABLED=0 go build -o /service .\n\nFROM gcr.io/distroless/static:nonroot\nCOPY --from=build /service /service\nEXPOSE 8080\nENTRYPOINT ["/service"]\n`;
}

function nodeFiles(service: SampleService): Files {
  const manifest = {
    name: service.name,
    version: `${service.version}.0`,
    private: true,
    scripts: { start: 'node src/server.js', test: 'node --test' },
  };
  return {
    'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`,
    'src/server.js': `'use strict';

const { createServer } = require('node:http');

const server = createServer((request, response) => {
  if (request.url === '/health' || request.url === '/ready') {
    response.end('ok\\n');
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ service: '${service.name}' }));
});

server.listen(8080);
process.on('SIGTERM', () => server.close());
`,
  };
}

function goFiles(service: SampleService): Files {
  return {
    'go.mod': `module example.com/${service.team}/${service.name}\n\ngo 1.25\n`,
    'main.go': `package main

import (
	"fmt"
	"log"
	"net/http"
)

func main() {
	ok := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }
	http.HandleFunc("/health", ok)
	http.HandleFunc("/ready", ok)
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "${service.name}")
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
`,
  };
}

import { answerMetrics } from "@/server/metrics-door";

export const dynamic = "force-dynamic";

export const GET = (request: Request): Promise<Response> => answerMetrics(request);

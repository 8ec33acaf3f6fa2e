-- `-- BYTES` after the URL makes each request a POST of so many bytes.
function init(args)
  if args[1] then
    wrk.method = 'POST'
    wrk.body = string.rep('x', tonumber(args[1]))
    wrk.headers['Content-Type'] = 'application/octet-stream'
  end
end

-- Prints what wrk measured as one line of JSON.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"microseconds":%d,"p99":%.1f,"failed":%d}\n', summary.requests,
    summary.duration, latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end

# The analyzer in a container: docker build -t sprint-analyzer . ; then, in the folder of the clips,
#   docker run --rm --network none -v "$PWD:/clips" sprint-analyzer analyze run.mp4 --height 1.80
FROM python:3.12-slim
COPY pyproject.toml README.md LICENSE /source/
COPY analyzer /source/analyzer
COPY sample_videos /source/sample_videos
# The model is fetched now, so that the container needs no network when it runs.
ENV SPRINT_ANALYZER_CACHE=/opt/sprint-analyzer
RUN pip install --no-cache-dir "/source[fast]" && rm -rf /source && sprint-analyzer model && chmod -R a+rwX /opt/sprint-analyzer
WORKDIR /clips
ENTRYPOINT ["sprint-analyzer"]
